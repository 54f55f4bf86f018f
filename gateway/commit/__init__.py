"""Group commit: many messages, outcomes and timers decided and written in one transaction."""
