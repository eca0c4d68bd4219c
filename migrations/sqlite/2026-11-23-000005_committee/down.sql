DROP TABLE opinion_shares;
DROP TABLE committee_opinions;
DROP TABLE recusals;
DROP TABLE agenda_items;
DROP TABLE attendances;
DROP TABLE committee_sessions;
