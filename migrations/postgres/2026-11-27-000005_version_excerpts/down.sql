DROP TABLE version_excerpts;
