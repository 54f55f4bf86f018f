"""What operators and machines see of a running gateway: logs and metrics, never personal data."""
