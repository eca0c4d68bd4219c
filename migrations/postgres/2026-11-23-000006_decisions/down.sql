DROP TABLE letter_jobs;
DROP TABLE letter_batches;
DROP TABLE letters;
DROP TABLE decision_shares;
DROP TABLE decisions;
DROP TABLE delegations;
