-- What a review says of each funder of the call, in the order of the call, in its own row as JSON: every reader of a review
-- reads it whole. The opinion is null when the dossier asks one funder only.
ALTER TABLE reviews ADD COLUMN proposals TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(proposals));
UPDATE reviews SET proposals = (
    SELECT json_group_array(
        json_object('funder', funder, 'opinion', opinion, 'proposed', proposed_cents) ORDER BY review_proposals.id
    )
    FROM review_proposals
    WHERE review_proposals.review_id = reviews.id
);
DROP TABLE review_proposals;
