DROP TABLE payments;
DROP TABLE acts;
DROP TABLE ledger_entries;
DROP TABLE envelopes;
DROP TABLE funding_lines;
