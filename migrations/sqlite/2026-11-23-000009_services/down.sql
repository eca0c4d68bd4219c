DROP TABLE notifications;
DROP TABLE mails;
DROP TABLE journal_texts;
DROP TABLE journal_entries;
DROP TABLE journal_head;
DROP TABLE documents;
