CREATE TABLE review_proposals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id BIGINT NOT NULL REFERENCES reviews (id),
    funder TEXT NOT NULL,
    opinion TEXT CHECK (opinion IN ('favourable', 'reserved', 'unfavourable')),
    proposed_cents BIGINT CHECK (proposed_cents >= 0),
    UNIQUE (review_id, funder)
);
INSERT INTO review_proposals (review_id, funder, opinion, proposed_cents)
SELECT
    reviews.id,
    json_extract(part.value, '$.funder'),
    json_extract(part.value, '$.opinion'),
    json_extract(part.value, '$.proposed')
FROM reviews, json_each(reviews.proposals) AS part
ORDER BY reviews.id, part.key;
ALTER TABLE reviews DROP COLUMN proposals;
