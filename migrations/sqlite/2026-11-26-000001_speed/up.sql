-- Lists of a call in each order that their headers offer: a page is read from the index, whatever the length of the list.
CREATE INDEX dossiers_call_submitted ON dossiers (call_id, submitted_at, id);
CREATE INDEX dossiers_call_reference ON dossiers (call_id, reference, id);
CREATE INDEX dossiers_call_title ON dossiers (call_id, search_text, id);
-- The same across calls, for the search.
CREATE INDEX dossiers_submitted ON dossiers (submitted_at, id);
CREATE INDEX dossier_tags_code ON dossier_tags (kind, code, dossier_id);
-- What a recusal and an agenda close or open, by who asks.
CREATE INDEX recusals_account ON recusals (account_id, dossier_id);
CREATE INDEX agenda_items_dossier ON agenda_items (dossier_id);
-- Scores without their comments: what a ranking adds up.
CREATE INDEX review_scores_levels ON review_scores (review_id, criterion, answered, level);
