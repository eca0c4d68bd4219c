DROP TABLE acting_choices;
DROP TABLE call_roles;
DROP TABLE call_definitions;
DROP TABLE calls;
