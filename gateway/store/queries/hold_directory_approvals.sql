-- One approval at a time, so that numbers are committed in their order. Readers go on.
LOCK TABLE directory_approvals IN EXCLUSIVE MODE
