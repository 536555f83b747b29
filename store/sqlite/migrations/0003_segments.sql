-- Links eight to a row, the indexes of records and match keys in segments of a
-- hundred entries, and the log in runs of rows that agree in most: few rows to
-- write for many records, and half of the room. What rec, mk and the columns
-- of link, unit and activity hold is carried over by the program; see
-- convert.go.
--
--   link.id         n * 2^40 + the links' own numbers / 8
--   link.body       see pack.go
--   seg.part        4 n + 0 or 1: records of the left or right side, by their
--                   ids, with the sum of their hashes and their links;
--                   4 n + 2: match keys, by the upper half of their hashes
--   seg.first       no key in the segment is less; empty in the first one
--   seg.body        see segment.go
--   unit.intents    see unit.go
--   activity.n      no number in the run is above it, and none is in another
--                   run that is below it but above the one before
--   activity.block  n * 2^40 + the links' own numbers / 32; NULL: rows that
--                   tell of no single link
--   activity.body   see log.go

CREATE TABLE seg (
  n     INTEGER PRIMARY KEY,
  part  INTEGER NOT NULL,
  first BLOB NOT NULL,
  body  BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX seg_first ON seg (part, first);

ALTER TABLE link RENAME TO old_link;

CREATE TABLE link (
  id   INTEGER PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;

DROP INDEX activity_pair;
DROP INDEX activity_link;
ALTER TABLE activity RENAME TO old_activity;

CREATE TABLE activity (
  n     INTEGER PRIMARY KEY,
  pair  INTEGER NOT NULL,
  block INTEGER,
  body  BLOB NOT NULL
) STRICT;

CREATE INDEX activity_pair ON activity (pair);
CREATE INDEX activity_block ON activity (block) WHERE block IS NOT NULL;

-- The highest number that a row of the log ever had in the whole file, up to
-- the last commit to this pair, like commits.
ALTER TABLE pair ADD COLUMN logged INTEGER NOT NULL DEFAULT 0;
UPDATE pair SET logged = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'old_activity'), 0);
