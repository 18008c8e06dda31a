/** Distinguished names as openssl reads them (`-subj`) and prints them. */
import { element, objectId, objectIdText, readAll, readOne, sequence, TAG } from '../../../simulation/pki/der.ts';
import { OpensslError } from './options.ts';

const PRINTABLE = 0x13;
const IA5 = 0x16;

/** By short name: the object identifier, another name, and the kind of string where that is not UTF-8. */
const ATTRIBUTES: Record<string, { id: string; long: string; tag?: number }> = {
  CN: { id: '2.5.4.3', long: 'commonName' },
  SN: { id: '2.5.4.4', long: 'surname' },
  serialNumber: { id: '2.5.4.5', long: 'serialNumber', tag: PRINTABLE },
  C: { id: '2.5.4.6', long: 'countryName', tag: PRINTABLE },
  L: { id: '2.5.4.7', long: 'localityName' },
  ST: { id: '2.5.4.8', long: 'stateOrProvinceName' },
  street: { id: '2.5.4.9', long: 'streetAddress' },
  O: { id: '2.5.4.10', long: 'organizationName' },
  OU: { id: '2.5.4.11', long: 'organizationalUnitName' },
  title: { id: '2.5.4.12', long: 'title' },
  postalCode: { id: '2.5.4.17', long: 'postalCode' },
  GN: { id: '2.5.4.42', long: 'givenName' },
  emailAddress: { id: '1.2.840.113549.1.9.1', long: 'emailAddress', tag: IA5 },
  DC: { id: '0.9.2342.19200300.100.1.25', long: 'domainComponent', tag: IA5 },
  UID: { id: '0.9.2342.19200300.100.1.1', long: 'userId' },
};

/** `/CN=jane/O=developers`, with `\` before characters that mean themselves and `+` within one set. @param warn told of what is left out. @throws OpensslError */
export function parseSubject(tool: string, text: string, warn: (message: string) => void): Uint8Array {
  if (!text.startsWith('/')) throw new OpensslError(`${tool}: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${text}'`);
  const sets: Uint8Array[][] = [];
  let at = 1;
  let joins = false;
  while (at < text.length) {
    const start = at;
    while (at < text.length && text[at] !== '=' && text[at] !== '/') at++;
    const name = text.slice(start, at);
    if (text[at] !== '=') throw new OpensslError(`${tool}: Missing '=' after RDN type string '${name}' in subject name string`);
    at++;
    let value = '';
    while (at < text.length && text[at] !== '/' && text[at] !== '+') {
      if (text[at] === '\\') at++;
      if (at >= text.length) throw new OpensslError(`${tool}: Escape character at end of subject name string`);
      value += text[at++];
    }
    const joinsNext = text[at] === '+';
    at++;
    const found = ATTRIBUTES[name] ?? Object.values(ATTRIBUTES).find(({ long, id }) => long === name || id === name);
    if (!found) warn(`Skipping unknown subject name attribute "${name}"`);
    else if (value === '') warn(`No value provided for subject name attribute "${name}", skipped`);
    else {
      if (found.id === '2.5.4.6' && value.length !== 2) throw new OpensslError(`${tool}: Error adding subject name attribute "/${name}=${value}"`);
      const pair = sequence(objectId(found.id), element(found.tag ?? TAG.utf8, new TextEncoder().encode(value)));
      if (joins && sets.length > 0) (sets.at(-1) as Uint8Array[]).push(pair);
      else sets.push([pair]);
    }
    joins = joinsNext;
  }
  // DER sorts what a set holds.
  return sequence(...sets.map((pairs) => element(TAG.set, ...pairs.sort(byBytes))));
}

function byBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] as number) - (b[at] ?? -1);
}

/** `CN = jane, O = developers`. */
export function shownName(name: Uint8Array): string {
  return readAll(readOne(name, TAG.sequence).content)
    .map((set) =>
      readAll(set.content)
        .map((pair) => {
          const [type, value] = readAll(pair.content);
          const id = type ? objectIdText(type.content) : '';
          const short = Object.entries(ATTRIBUTES).find(([, attribute]) => attribute.id === id)?.[0] ?? id;
          return `${short} = ${shownValue(value?.content ?? new Uint8Array())}`;
        })
        .join(' + '),
    )
    .join(', ');
}

function shownValue(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += byte < 0x20 || byte >= 0x7f ? `\\${byte.toString(16).toUpperCase().padStart(2, '0')}` : character === '"' || character === '\\' ? `\\${character}` : character;
  }
  return /[,+<>;]|^[# ]| $/.test(text) ? `"${text}"` : text;
}
