-- Version 1. Ids are blobs, times milliseconds since 1970, counts whole numbers. No column holds content, a key in clear,
-- or a digest that a guess at content could confirm; contributor is the digest of a public key made for one program.
CREATE TABLE vault (only INTEGER PRIMARY KEY CHECK (only = 1), origin TEXT NOT NULL, latest_ms INTEGER NOT NULL) STRICT;

-- A program: its charter is documents/<charter>.
CREATE TABLE program (
  charter BLOB PRIMARY KEY CHECK (length(charter) = 32),
  leaf BLOB CHECK (length(leaf) = 32),   -- hash of its own leaf, once it is in the log
  proposed_ms INTEGER NOT NULL
) STRICT;

-- Every act of power, in the order staged. It has effect once its leaf has a place.
CREATE TABLE act (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  outbox INTEGER NOT NULL UNIQUE,
  leaf INTEGER UNIQUE,
  kind INTEGER NOT NULL,
  charter BLOB NOT NULL REFERENCES program (charter),
  consent BLOB REFERENCES consent (id),
  session BLOB REFERENCES session (id),
  statement BLOB NOT NULL,               -- digest of the envelope, or of the charter
  salt BLOB NOT NULL,                    -- sealed: under the contributor's key, or under the root key
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX act_waiting ON act (outbox) WHERE leaf IS NULL;
CREATE INDEX act_of_charter ON act (charter, kind);
CREATE INDEX act_of_consent ON act (consent) WHERE consent IS NOT NULL;

CREATE TABLE consent (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  charter BLOB NOT NULL REFERENCES program (charter),
  contributor BLOB NOT NULL,             -- digest of the public key
  grant_digest BLOB NOT NULL,            -- digest of the signed payload, which holds 32 random bytes
  expires_ms INTEGER NOT NULL,
  withdrawal BLOB,                       -- digest of the envelope: the tombstone
  withdrawn_ms INTEGER,
  erasure BLOB                           -- digest of the envelope: the key is destroyed
) STRICT;
CREATE INDEX consent_of_contributor ON consent (charter, contributor);
CREATE INDEX consent_erasing ON consent (id) WHERE withdrawal IS NOT NULL AND erasure IS NULL;

CREATE TABLE session (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  consent BLOB NOT NULL REFERENCES consent (id),
  charter BLOB NOT NULL REFERENCES program (charter),
  contributor BLOB NOT NULL,
  release BLOB NOT NULL,                 -- digest of the signed release, which holds 32 random bytes
  key BLOB,                              -- the session's key, wrapped under the contributor's
  steps INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  day INTEGER NOT NULL,                  -- days since 1970 by the server's clock, for the cap
  admitted_ms INTEGER NOT NULL,
  erase_tag BLOB                         -- between tombstone and erasure: what the log will show
) STRICT;
CREATE INDEX session_of_consent ON session (consent);
CREATE INDEX session_of_day ON session (contributor, day);

CREATE TABLE dataset (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  charter BLOB NOT NULL REFERENCES program (charter),
  purpose TEXT NOT NULL,
  sessions INTEGER NOT NULL,
  steps INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  flagged_ms INTEGER,
  superseded_by BLOB
) STRICT;
CREATE INDEX dataset_of_charter ON dataset (charter);

-- One handing-out of a dataset version to one recipient, for one request.
CREATE TABLE export (
  statement BLOB PRIMARY KEY,
  dataset BLOB NOT NULL REFERENCES dataset (digest),
  request BLOB NOT NULL UNIQUE,
  records BLOB NOT NULL,
  exported_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX export_of_dataset ON export (dataset);

-- Lineage: which dataset versions hold something of a session.
CREATE TABLE dv_session (
  session BLOB NOT NULL REFERENCES session (id),
  dataset BLOB NOT NULL REFERENCES dataset (digest),
  steps INTEGER NOT NULL,
  PRIMARY KEY (session, dataset)
) STRICT, WITHOUT ROWID;
CREATE INDEX dv_session_of_dataset ON dv_session (dataset);
