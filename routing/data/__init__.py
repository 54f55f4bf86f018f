"""The versioned, reviewed tables that decide: units, agencies, calendars, procedures, policies."""
