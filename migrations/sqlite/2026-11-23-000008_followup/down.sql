DROP TABLE practice_replies;
DROP TABLE practice_notes;
DROP TABLE followup_reminders;
DROP TABLE indicator_departments;
DROP TABLE indicator_values;
DROP TABLE followup_periods;
DROP TABLE indicators;
