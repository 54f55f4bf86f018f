INSERT INTO person_roles (person_id, role, scope)
SELECT %(person)s, x.role, x.scope
FROM unnest(%(roles)s::text[], %(scopes)s::text[]) AS x (role, scope)
