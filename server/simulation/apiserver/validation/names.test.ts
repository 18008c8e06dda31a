import { describe, expect, it } from 'vitest';
import { checkConfigKey, checkLabel, checkLabel1035, checkLabelValue, checkPortName, checkQualifiedName, checkSubdomain, type NameCheck } from './names.ts';

const LABEL = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1035 = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const VALUE = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const NAME_PART = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const CONFIG_KEY = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

describe('names', () => {
  it.each<[string, NameCheck, string, string[]]>([
    ['label', checkLabel, 'web-1', []],
    ['label', checkLabel, '1web', []],
    ['label', checkLabel, 'a'.repeat(63), []],
    ['label', checkLabel, 'Web', [LABEL]],
    ['label', checkLabel, 'web.com', [LABEL]],
    ['label', checkLabel, '-web', [LABEL]],
    ['label', checkLabel, '', [LABEL]],
    ['subdomain', checkSubdomain, 'a.b-c.d', []],
    ['subdomain', checkSubdomain, 'a..b', [SUBDOMAIN]],
    ['subdomain', checkSubdomain, 'My_Pod', [SUBDOMAIN]],
    ['DNS-1035 label', checkLabel1035, 'web', []],
    ['DNS-1035 label', checkLabel1035, '1web', [LABEL_1035]],
    ['label value', checkLabelValue, '', []],
    ['label value', checkLabelValue, 'My_value.1', []],
    ['label value', checkLabelValue, 'a b', [VALUE]],
    ['label value', checkLabelValue, 'a-', [VALUE]],
    ['qualified name', checkQualifiedName, 'app', []],
    ['qualified name', checkQualifiedName, 'example.com/App', []],
    ['qualified name', checkQualifiedName, '-app', [NAME_PART]],
    ['config key', checkConfigKey, 'app.properties', []],
    ['config key', checkConfigKey, 'a/b', [CONFIG_KEY]],
    ['port name', checkPortName, 'http-80', []],
    ['port name', checkPortName, '80', ['must contain at least one letter (a-z)']],
    ['port name', checkPortName, 'a--b', ['must not contain consecutive hyphens']],
  ])('%s %#', (_, check, value, errors) => expect(check(value)).toEqual(errors));

  it.each<[string, NameCheck, number]>([
    ['label', checkLabel, 63], ['subdomain', checkSubdomain, 253], ['label value', checkLabelValue, 63], ['port name', checkPortName, 15],
  ])('a %s is too long only beyond its limit', (_, check, limit) => {
    expect(check('a'.repeat(limit))).toEqual([]);
    expect(check('a'.repeat(limit + 1))).toHaveLength(1);
    expect(check('a'.repeat(limit + 1))[0]).toContain(`must be no more than ${limit} `);
  });
});
