DROP TABLE letters;
DROP TABLE decisions;
DROP TABLE delegations;
