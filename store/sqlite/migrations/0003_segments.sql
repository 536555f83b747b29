-- The indexes of records and match keys in segments of a hundred entries, and
-- links with all that is known of them in one column. What rec, mk and the
-- columns of link hold is carried over by the program; see convert.go.
--
--   seg.part   4 n + 0 or 1: records of the left or right side, by their ids,
--              with the sum of their hashes and their links;
--              4 n + 2: match keys, by the upper half of their hashes
--   seg.first  no key in the segment is less; empty in the first one
--   seg.body   see segment.go
--   link.body  see body.go

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
