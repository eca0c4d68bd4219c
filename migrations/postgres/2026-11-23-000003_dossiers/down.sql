DROP TABLE dossier_editors;
DROP TABLE completion_requests;
DROP TABLE dossier_tags;
DROP TABLE dossier_versions;
DROP TABLE attachments;
DROP TABLE dossier_sections;
DROP TABLE dossiers;
