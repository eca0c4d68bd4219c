DROP TABLE organisation_invitations;
DROP TABLE organisation_members;
DROP TABLE organisations;
DROP TABLE agents;
DROP TABLE institutions;
DROP TABLE sessions;
DROP TABLE account_tokens;
DROP TABLE accounts;
