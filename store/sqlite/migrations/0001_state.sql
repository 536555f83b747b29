-- Records of a pair of registers, as ids and keyed hashes; no values.
--
-- The number of a pair (pair.n) begins at 0 and is part of the other keys:
--   link.id, unit.id, mark.link   n * 2^40 + the link's or unit's own number
--   rec.ps                        n * 2 + side (0 left, 1 right)
--   mk.pr, mapping.pair           n
-- Hashes and sums are 64-bit patterns, held as signed integers. Times are
-- microseconds since 1970 in UTC; NULL is no time.

PRAGMA application_id = 0x696e7374; -- "inst"

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE pair (
  n            INTEGER PRIMARY KEY,
  name         BLOB NOT NULL UNIQUE,
  gen          INTEGER NOT NULL,
  left_install BLOB NOT NULL,
  right_install BLOB NOT NULL,
  left_cursor  BLOB NOT NULL,
  right_cursor BLOB NOT NULL,
  left_swept   INTEGER,
  right_swept  INTEGER,
  mapping      INTEGER NOT NULL,
  last_link    INTEGER NOT NULL, -- highest ever given out, also if dropped since
  last_unit    INTEGER NOT NULL,
  keyed        INTEGER NOT NULL  -- mk holds the keys of the links up to this one
) STRICT;

CREATE TABLE mapping (
  pair INTEGER NOT NULL,
  id   INTEGER NOT NULL,
  body BLOB NOT NULL, -- JSON: rules and their fingerprints, in the order of bases
  PRIMARY KEY (pair, id)
) WITHOUT ROWID, STRICT;

-- Words that many rows repeat: rules, runs, actors, causes, actions.
CREATE TABLE word (
  id   INTEGER PRIMARY KEY,
  text BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE link (
  id    INTEGER PRIMARY KEY,
  gen   INTEGER NOT NULL,
  map   INTEGER NOT NULL,
  rule  INTEGER NOT NULL, -- word.id; 0: none
  lid   BLOB,             -- NULL: no record on this side
  rid   BLOB,
  base  BLOB NOT NULL,    -- left base, 4 bytes a rule
  rbase BLOB,             -- right base; NULL: the same as the left one
  keys  BLOB NOT NULL,    -- 8 bytes a match key, little-endian
  more  BLOB              -- what few links have, see more.go; NULL: nothing
) STRICT;

-- Whose record an id is, and the sum of its hashes when it was last in step.
CREATE TABLE rec (
  ps   INTEGER NOT NULL,
  id   BLOB NOT NULL,
  sum  INTEGER NOT NULL,
  link INTEGER NOT NULL,
  PRIMARY KEY (ps, id)
) WITHOUT ROWID, STRICT;

-- Which links may hold a match key: the upper half of its hash. The link row
-- says whether it does.
CREATE TABLE mk (
  pr   INTEGER NOT NULL,
  h    INTEGER NOT NULL,
  link INTEGER NOT NULL,
  PRIMARY KEY (pr, h, link)
) WITHOUT ROWID, STRICT;

CREATE TABLE mark (
  link    INTEGER NOT NULL,
  side    INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  due     INTEGER,
  tries   INTEGER NOT NULL,
  note    BLOB NOT NULL, -- JSON: message, rivals, create
  PRIMARY KEY (link, side)
) WITHOUT ROWID, STRICT;

CREATE TABLE unit (
  id      INTEGER PRIMARY KEY,
  side    INTEGER NOT NULL,
  sent    INTEGER,
  intents BLOB NOT NULL -- JSON
) STRICT;

CREATE TABLE activity (
  n       INTEGER PRIMARY KEY AUTOINCREMENT,
  pair    INTEGER NOT NULL,
  at      INTEGER,
  run     INTEGER NOT NULL, -- word.id, as entity, actor, cause, action and code
  link    INTEGER NOT NULL,
  entity  INTEGER NOT NULL,
  lid     BLOB,
  rid     BLOB,
  actor   INTEGER NOT NULL,
  cause   INTEGER NOT NULL,
  action  INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  code    INTEGER NOT NULL,
  detail  BLOB -- JSON: fields, before, after, arguments of the message; NULL: none
) STRICT;

CREATE INDEX activity_pair ON activity (pair);
