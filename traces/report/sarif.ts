import { createHash } from 'node:crypto';

import type {
  Location,
  Log,
  Notification,
  ReportingDescriptor,
  Result as SarifResult,
} from 'sarif';

import { printable, printableData } from '../printable.ts';
import { replayCommand } from './replay-command.ts';
import { type Place, type Result, type Results, WRONG } from './results.ts';
import { codeFlowOf } from './sarif-flow.ts';
import { artifact, physical } from './sarif-place.ts';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** Enough to tell findings apart. Unit: hexadecimal digits. */
const FINGERPRINT_LENGTH = 16;

/**
 * The results as a SARIF 2.1.0 log. Only what is wrong becomes a result of it, because those who
 * show such logs take each result for an alert; what has passed is among the rules of the tool,
 * and what was left out among the notifications of the run.
 */
export function sarifReport({ version, results }: Results): string {
  const wrong = results.filter(({ status }) => WRONG[status] !== undefined);
  const looked = results.filter(({ status }) => status !== 'partial' && status !== 'skipped');
  const descriptors = new Map(looked.map((result) => [result.id, result]));
  const indexes = new Map([...descriptors.keys()].map((id, index) => [id, index]));
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'dmabuf-verify',
            version,
            rules: [...descriptors.values()].map(descriptorOf),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the checkout.' } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: results
              .filter(({ status }) => status === 'partial')
              .map(notificationOf),
          },
        ],
        results: wrong.map((result) => resultOf(result, indexes.get(result.id) ?? -1)),
      },
    ],
  };
  return `${JSON.stringify(printableData(log), null, 2)}\n`;
}

function descriptorOf({ id, group, title, details }: Result): ReportingDescriptor {
  return {
    id,
    shortDescription: { text: title },
    help: { text: details },
    properties: { tags: [group] },
  };
}

function notificationOf({ id, message, place }: Result): Notification {
  return {
    level: 'note',
    message: { text: `${id}: ${message}` },
    ...(place === null ? {} : { locations: [{ physicalLocation: physical(place) }] }),
  };
}

function resultOf(result: Result, ruleIndex: number): SarifResult {
  const { id, status, message, source, place, kept } = result;
  return {
    ruleId: id,
    ruleIndex,
    level: WRONG[status] ?? 'none',
    message: { text: message },
    locations: [locationOf(id, place)],
    partialFingerprints: { 'finding/v1': fingerprint(result) },
    ...(kept === null
      ? {}
      : {
          // A flow has at least one location: what fails before the first step has none.
          codeFlows: kept.trace.steps.length === 0 ? [] : [codeFlowOf(kept)],
          attachments: [{ artifactLocation: artifact(kept.file) }],
        }),
    properties: {
      ...(source === null ? {} : { source }),
      ...(kept === null
        ? {}
        : {
            rules: kept.trace.verdict.rules,
            bounds: kept.trace.verdict.bounds,
            replay: replayCommand({ file: kept.file }),
          }),
    },
  };
}

function locationOf(id: string, place: Place | null): Location {
  return {
    ...(place === null ? {} : { physicalLocation: physical(place) }),
    logicalLocations: [{ name: id }],
  };
}

/** The same finding in another run: numbers are those of one run. */
function fingerprint({ id, status, message }: Result): string {
  const signature = [id, status, message.replaceAll(/\d+/g, '#')].map(printable).join('\n');
  return createHash('sha256').update(signature).digest('hex').slice(0, FINGERPRINT_LENGTH);
}
