UPDATE broker_credentials
SET successor = %(successor)s
WHERE user_name = %(name)s
