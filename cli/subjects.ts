import { family, isRuleId, rule } from '../model/rules/catalogue.ts';
import type { RuleStatus } from '../properties/check/coverage.ts';
import type { Place, ResultAbout } from '../traces/report/results.ts';
import { placeOfRule } from './places.ts';

/** What is known of a rule, or of whatever else a stage has a name for. */
export class Subjects {
  private readonly states: ReadonlyMap<string, RuleStatus>;

  constructor(states: readonly RuleStatus[]) {
    this.states = new Map(states.map((state) => [state.rule, state]));
  }

  of(name: string): ResultAbout {
    const place = placeOfRule(name) ?? placeOfRecording(name);
    if (!isRuleId(name)) {
      return { group: groupOf(name), title: name, details: name, source: null, place };
    }
    const { text, source, file } = rule(name);
    const [plan] = this.states.get(name)?.plans ?? [];
    const details = `${text} (source: ${source}; model/rules/spec/${file})`;
    const title = plan?.split('\n')[0] ?? text;
    return { group: family(name), title, details, source: null, place };
  }
}

const RECORDING = /^([\w.-]+\.jsonl):(\d+)$/;

function placeOfRecording(source: string): Place | null {
  const [, file, line] = RECORDING.exec(source) ?? [];
  return file === undefined ? null : { file: `traces/kernel/${file}`, line: Number(line) };
}

/** What is said about tables and systems is the model's. */
function groupOf(name: string): string {
  if (RECORDING.test(name)) return 'recordings';
  if (/^(?:system|machine|model) /.test(name)) return 'model';
  if (name.startsWith('scenario/')) return 'scenarios';
  return name.startsWith('litmus/') ? 'litmus' : name;
}

/**
 * GitHub refuses a whole SARIF log when one result in it has no file. What no single place is to
 * blame for is shown where its stage is described.
 */
export function fallback(group: string): Place {
  const folder: Readonly<Record<string, string>> = {
    faults: 'properties/faults',
    litmus: 'properties/litmus',
    memory: 'properties/litmus',
    model: 'model',
    recordings: 'traces/kernel',
    scenarios: 'properties/scenarios',
  };
  return { file: `${folder[group] ?? 'properties'}/README.md`, line: 1 };
}
