-- The marks of a review in its own row, as `C1=3 C2=`: what a ranking adds up, without a row for each criterion.
ALTER TABLE reviews ADD COLUMN marks TEXT NOT NULL DEFAULT '';
UPDATE reviews SET marks = COALESCE(
    (
        SELECT string_agg(criterion || '=' || COALESCE(CAST(level AS TEXT), ''), ' ' ORDER BY criterion COLLATE "C")
        FROM review_scores
        WHERE review_scores.review_id = reviews.id AND answered
    ),
    ''
);
