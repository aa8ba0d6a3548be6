#!/usr/bin/env node
/**
 * Checks an export of the audit: `node check-export.mjs FILE [FILE.sig] [--key PUBLIC_KEY]`. It needs Node and nothing else, so that whoever
 * gets an export can read what it does. Exit code 0: whole; 1: not, and the first bad line is named; 2: wrong command line.
 *
 * What is checked: (1) each line's rolling hash over all lines before it; (2) that each event is the one its id was made from, which are the
 * first 16 bytes of the chain hash over previous hash, stream, revision, type, data and metadata; (3) that what people read of it is what
 * its metadata say; (4) that events of a stream continue its chain; (5) the ed25519 signature over the number of lines and the last hash.
 */
import { isUtf8 } from 'node:buffer';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const COLUMNS =
  'n,position,time,stream,revision,type,actor,correlation,causation,command,id,decoded,data,metadata,rolling';
const SIGNED =
  /^(purveyor-export 1\nlog (\S+)\nof ([^\n]+)\nformat (ndjson|csv)\n)events (\d+)\nrolling ([0-9a-f]{64})\ntime (\S+)\nkey ([\w-]{43})\n(?=signature ([\w-]{86})\n$)/;
/** RFC 8410 section 4: what stands before the 32 bytes of an ed25519 key in SubjectPublicKeyInfo. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** A line that is not what it should be. */
class Bad extends Error {
  constructor(line, why) {
    super(why);
    this.line = line;
  }
}

const hash = (text, as = 'hex') => createHash('sha256').update(text).digest(as);

/** Lines with their ends cut off; one that is no text is empty, and the last one without an end is not whole. */
async function* linesOf(file) {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, from)) {
      const line = rest.subarray(from, at);
      yield isUtf8(line) ? line.toString('utf8') : '';
      from = at + 1;
    }
    rest = rest.subarray(from);
  }
  if (rest.length > 0) yield undefined;
}

/** Undefined where the text is not the one that these bytes are written as: decoding would pass over bits that nothing depends on. */
function bytesOf(text) {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

const ndjson = {
  head: 0,
  signature(line) {
    if (!line.startsWith('{"signature":')) return undefined;
    const { signature } = JSON.parse(line);
    return JSON.stringify({ signature }) === line ? signature : undefined;
  },
  read(line) {
    const found = /^(.*),"rolling":"([0-9a-f]{64})"\}$/s.exec(line);
    if (found === null) return undefined;
    const { decoded: _, ...event } = JSON.parse(`${found[1]}}`);
    return { event, text: `${found[1]}}`, rolling: found[2] };
  },
};

const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** RFC 4180. What a spreadsheet would have taken for a formula has an apostrophe before it. */
function cellsOf(line) {
  const cells = [];
  const cell = /("(?:[^"]|"")*"|[^",]*)(,|$)/gy;
  for (let found; (found = cell.exec(line)) !== null;) {
    const text = found[1].startsWith('"') ? found[1].slice(1, -1).replaceAll('""', '"') : found[1];
    cells.push(text.startsWith("'") && FORMULA.test(text.slice(1).replaceAll('\0', '')) ? text.slice(1) : text);
    if (found[2] === '') return cell.lastIndex === line.length ? cells : undefined;
  }
  return undefined;
}

const csv = {
  head: 1,
  signature: (line) => bytesOf(/^signature,([\w-]+)\r$/.exec(line)?.[1] ?? '')?.toString() || undefined,
  read(line) {
    const found = /^(.*),([0-9a-f]{64})\r$/s.exec(line);
    const cells = found && cellsOf(found[1]);
    if (!cells || cells.length !== COLUMNS.split(',').length - 1) return undefined;
    const named = Object.fromEntries(COLUMNS.split(',').map((name, i) => [name, cells[i]]));
    const { decoded: _, rolling: __, ...event } = named;
    for (const name of ['n', 'position', 'revision']) event[name] = Number(event[name]);
    return { event, text: found[1], rolling: found[2] };
  },
};

/** UUIDv8 (RFC 9562 section 5.8) of the hash's first 16 bytes. */
function idOf(chainHash) {
  const bytes = Buffer.from(chainHash, 'base64url').subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const plain = (text) => String(text).replaceAll(/[\r\n]/g, ' ');

/** What is wrong with an event in itself, and behind those of its stream before it (`ends`). */
function faultOf(event, ends, ofOneStream) {
  const { stream, revision, type, data, metadata } = event;
  const said = JSON.parse(metadata);
  const shown = {
    time: new Date(said.time).toISOString(),
    actor: said.actor,
    correlation: said.$correlationId,
    causation: said.$causationId,
    command: said.commandId,
  };
  for (const [name, value] of Object.entries(shown))
    if (plain(event[name]) !== plain(value)) return `its ${name} is not that of its metadata`;
  const before = ends.get(stream) ?? (ofOneStream ? { revision: -1, hash: '' } : undefined);
  const follows = before !== undefined && before.revision + 1 === revision;
  const sameAppend = follows && before.metadata === metadata;
  if (before !== undefined && revision <= before.revision) return `revision ${revision} follows ${before.revision}`;
  if (ofOneStream && !follows) return `revision ${revision} follows ${before.revision}`;
  if (follows && !sameAppend && said.prev !== before.hash) return 'it does not continue the hash chain of its stream';
  const previous = sameAppend ? before.hash : said.prev;
  const own = hash(`${previous}\n${stream}\n${revision}\n${type}\n${data}\n${metadata}`, 'base64url');
  if (idOf(own) !== event.id) return 'its content does not match its id';
  ends.set(stream, { revision, hash: own, metadata });
  return undefined;
}

function signedBy(text, trusted) {
  const found = SIGNED.exec(text ?? '');
  if (found === null) return { fault: 'there is no signature' };
  const [signed, about, log, of, format, events, rolling, time, key, signature] = found;
  const spki = Buffer.concat([SPKI, Buffer.from(key, 'base64url')]);
  const by = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const made = bytesOf(signature);
  if (made === undefined || !verify(null, Buffer.from(signed), by, made))
    return { fault: 'the signature is not that of its key' };
  if (trusted !== undefined && key !== trusted) return { fault: `it was signed with another key, ${key}` };
  return { about, log, of, format, events: Number(events), rolling, time, key };
}

/** Where the signature is not given apart it is the last line. */
async function lastLineOf(file) {
  let last = '';
  for await (const line of linesOf(file)) last = line ?? '';
  try {
    return ndjson.signature(last) ?? csv.signature(last);
  } catch {
    return undefined;
  }
}

/** Checks a file; answers what was signed and by whom, or throws {@link Bad}. */
export async function checkExport(file, signatureFile, trusted) {
  const given = signatureFile === undefined ? await lastLineOf(file) : readFileSync(signatureFile, 'utf8');
  const signed = signedBy(given, trusted);
  // Without what was signed the lines are checked all the same, so that the first bad one is named.
  const format = signed.format === 'csv' || (signed.format === undefined && file.endsWith('.csv')) ? csv : ndjson;
  const ofOneStream = signed.of?.startsWith('stream ') ?? false;
  const ends = new Map();
  let rolling = signed.about === undefined ? undefined : hash(signed.about);
  let [at, n, closed] = [0, 0, false];
  for await (const line of linesOf(file)) {
    at++;
    if (line === undefined) throw new Bad(at, 'the file ends within this line');
    if (closed) throw new Bad(at, 'there is something behind the signature');
    if (at <= format.head) {
      if (line !== `${COLUMNS}\r`) throw new Bad(at, 'these are not the columns of an export');
      continue;
    }
    if (signatureFile === undefined && signatureIn(format, line) !== undefined) {
      closed = true;
      continue;
    }
    n++;
    rolling = checkLine(at, n, line, { format, ends, ofOneStream, rolling });
  }
  if (signed.fault !== undefined) throw new Bad(at, signed.fault);
  if (n !== signed.events) throw new Bad(at, `the file has ${n} events, and ${signed.events} were signed`);
  if (rolling !== signed.rolling) throw new Bad(at, 'the lines are not those that were signed');
  return signed;
}

function signatureIn(format, line) {
  try {
    return format.signature(line);
  } catch {
    return undefined;
  }
}

/** Answers the rolling hash behind the line. */
function checkLine(at, n, line, { format, ends, ofOneStream, rolling }) {
  let read;
  try {
    read = format.read(line);
    if (read === undefined) throw new Bad(at, 'it is not a line of an export');
    // The first line cannot be checked in this way while it is not known what was signed.
    if (rolling !== undefined && hash(`${rolling}\n${read.text}`) !== read.rolling)
      throw new Bad(
        at,
        'it is not the line that was exported here: changed, or one before it dropped, inserted or moved',
      );
    if (read.event.n !== n) throw new Bad(at, `it is number ${read.event.n}, and ${n} is expected`);
    const fault = faultOf(read.event, ends, ofOneStream);
    if (fault !== undefined) throw new Bad(at, fault);
    return read.rolling;
  } catch (error) {
    throw error instanceof Bad ? error : new Bad(at, `it cannot be read: ${error.message}`);
  }
}

async function main(args) {
  const key = args.indexOf('--key');
  const trusted = key < 0 ? undefined : args.splice(key, 2)[1];
  const [file, given] = args;
  if (file === undefined || !existsSync(file) || args.length > 2 || (key >= 0 && trusted === undefined)) {
    console.error('usage: check-export.mjs FILE [FILE.sig] [--key PUBLIC_KEY]');
    return 2;
  }
  const beside = given ?? (existsSync(`${file}.sig`) ? `${file}.sig` : undefined);
  try {
    const { of, log, events, time, key: by } = await checkExport(file, beside, trusted);
    console.log(`whole: ${events} events of ${of}, log ${log}, signed at ${time} with the key ${by}`);
    if (trusted === undefined) console.log('Is that the key you know? --key KEY asks for it.');
    return 0;
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    console.log(`BROKEN at line ${error.line}: ${error.message}`);
    return 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main(process.argv.slice(2));
