// The tables of an object, and what is asked of them.
//
//   keylatch_state   one row: the epoch; the floor, the greatest number of a mark that is forgotten; how long marks last
//   keylatch_log     a row for each of the last numbers; the greatest is the sequence. `marks`: the names as JSON, '' if they
//                    are too long to be kept, null if the number made none
//   keylatch_names   a row for each name: its marks, and the record of that name
//   keylatch_turns   a row for each record that somebody loads
//
// A row that is written costs as much as a thousand that are read. So no table has an index besides its key, and what can
// stand in one row does. The data is the last column: who looks through the table doesn't read it.

export const TABLES = `
CREATE TABLE IF NOT EXISTS keylatch_state(id INTEGER PRIMARY KEY, epoch TEXT, floor INTEGER, keep REAL);
CREATE TABLE IF NOT EXISTS keylatch_log(number INTEGER PRIMARY KEY, soft INTEGER, marks TEXT);
CREATE TABLE IF NOT EXISTS keylatch_names(name TEXT PRIMARY KEY, hard INTEGER DEFAULT 0, soft INTEGER DEFAULT 0,
softAt REAL DEFAULT 0, made REAL DEFAULT 0, since INTEGER, ends REAL DEFAULT 0, concerns TEXT, data BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keylatch_turns(name TEXT PRIMARY KEY, turn INTEGER, node TEXT, ends REAL) WITHOUT ROWID;
INSERT OR IGNORE INTO keylatch_state VALUES(1, hex(randomblob(16)), 0, 0);
INSERT INTO keylatch_log SELECT 1, 0, NULL WHERE NOT EXISTS(SELECT 1 FROM keylatch_log)`;

export const STATE =
  'SELECT epoch, floor, keep, (SELECT max(number) FROM keylatch_log) AS sequence FROM keylatch_state';
export const KEEP = 'UPDATE keylatch_state SET keep=?1 WHERE keep<?1';
export const FLOOR = 'UPDATE keylatch_state SET floor=?1 WHERE floor<?1';
export const RENEW = 'UPDATE keylatch_state SET epoch=hex(randomblob(16)), floor=?';

export const LOG = 'INSERT INTO keylatch_log VALUES(?, ?, ?)';
export const TRIM = 'DELETE FROM keylatch_log WHERE number<=?';
export const NEWS = 'SELECT number, soft, marks FROM keylatch_log WHERE number>? ORDER BY number';

const NAMES = 'INSERT INTO keylatch_names';
const UPDATE = 'ON CONFLICT DO UPDATE SET';
const RECORD = 'since=?2, ends=?3, concerns=?4, data=?5';
export const FIND = 'SELECT since, ends, concerns, data FROM keylatch_names WHERE name=?';
/** The same without the data. */
export const LOOK = 'SELECT since, ends, concerns FROM keylatch_names WHERE name=?';
/** The marks of several names, which are given as JSON. */
export const MARKS = 'SELECT hard, soft, softAt FROM keylatch_names WHERE name IN (SELECT value FROM json_each(?))';
export const HARD = `${NAMES}(name, hard, made) VALUES(?1, ?2, ?3) ${UPDATE} hard=?2, made=?3, ends=0, concerns=NULL, data=NULL`;
export const SOFT = `${NAMES}(name, soft, softAt, made) VALUES(?1, ?2, ?3, ?3) ${UPDATE} soft=?2, softAt=?3, made=?3`;
export const WRITE = `${NAMES}(name, since, ends, concerns, data) VALUES(?1, ?2, ?3, ?4, ?5) ${UPDATE} ${RECORD}`;
/** A record with a hard mark of its own. */
export const PUT = `${NAMES}(name, since, ends, concerns, data, hard, made) VALUES(?1, ?2, ?3, ?4, ?5, ?2, ?6) ${UPDATE} ${RECORD}, hard=?2, made=?6`;

export const HOLDER = 'SELECT turn, node, ends FROM keylatch_turns WHERE name=?';
export const TURN = 'INSERT OR REPLACE INTO keylatch_turns VALUES(?, ?, ?, ?)';
export const END_TURN = 'DELETE FROM keylatch_turns WHERE name=? AND turn=?';

/** Part of the names, for the sweep. */
export const PART = 'SELECT name, hard, soft, made, since, ends FROM keylatch_names WHERE name>? ORDER BY name LIMIT ?';
export const EMPTY = 'UPDATE keylatch_names SET ends=0, concerns=NULL, data=NULL WHERE name=?';
export const FORGET = 'DELETE FROM keylatch_names WHERE name=?';
export const END_TURNS =
  'DELETE FROM keylatch_turns WHERE name IN (SELECT name FROM keylatch_turns WHERE ends<=? LIMIT ?)';
export const LAST_TURN = 'SELECT 1 FROM keylatch_turns LIMIT 1';
