DROP TABLE territorial_opinions;
DROP TABLE review_submissions;
DROP TABLE review_proposals;
DROP TABLE review_scores;
DROP TABLE reviews;
DROP TABLE interest_declarations;
DROP TABLE assignments;
DROP TABLE eligibility_checks;
