-- What people decided, what protects our writes from older views, and a count
-- of commits by which an older file is noticed.
--
--   fence.link      n * 2^40 + the link's own number, as in mark
--   decision.pair   n
--   meta 'commits'  8 bytes, little-endian: what the count was raised to when
--                   the file was found to be an older one
--   meta 'rewound'  it was found so: pairs that are not here may have been
--   meta 'restored' it was put in the place of another one since it was open
--   meta 'scrub'    something was erased, and its bytes may still be here

ALTER TABLE pair ADD COLUMN left_still INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pair ADD COLUMN right_still INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pair ADD COLUMN rewound INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pair ADD COLUMN commits INTEGER NOT NULL DEFAULT 0; -- of the whole file, up to the last one to this pair

ALTER TABLE mark ADD COLUMN evidence INTEGER NOT NULL DEFAULT 0;

CREATE TABLE fence (
  link   INTEGER NOT NULL,
  side   INTEGER NOT NULL,
  map    INTEGER NOT NULL,
  fields BLOB NOT NULL, -- see fields.go
  PRIMARY KEY (link, side)
) WITHOUT ROWID, STRICT;

CREATE TABLE decision (
  pair           INTEGER NOT NULL,
  lid            BLOB NOT NULL,
  rid            BLOB NOT NULL,
  verdict        INTEGER NOT NULL,
  left_evidence  INTEGER NOT NULL,
  right_evidence INTEGER NOT NULL,
  who            INTEGER NOT NULL, -- word.id
  at             INTEGER,
  PRIMARY KEY (pair, lid, rid, verdict)
) WITHOUT ROWID, STRICT;

-- Rows that tell of many links have link 0 and cost nothing here.
CREATE INDEX activity_link ON activity (pair, link) WHERE link <> 0;
