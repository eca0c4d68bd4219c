DROP INDEX review_scores_levels;
DROP INDEX agenda_items_dossier;
DROP INDEX recusals_account;
DROP INDEX dossier_tags_code;
DROP INDEX dossiers_submitted;
DROP INDEX dossiers_call_title;
DROP INDEX dossiers_call_reference;
DROP INDEX dossiers_call_submitted;
