/** Lines about one fence. */
export interface FenceLines {
  readonly init: string;
  readonly enable: string;
  readonly signaled: string;
  readonly destroy: string;
  readonly start: string;
  readonly end: string;
  readonly emit: string;
}

/** Lines about one job; what it needs is fence 7:9. */
export interface JobLines {
  readonly queue: string;
  readonly run: string;
  readonly done: string;
  readonly needs: string;
}

/** Who does something with a fence, and where. */
export interface By {
  readonly task?: number;
  readonly cpu?: number;
}

export function fenceLines(
  driver: string,
  name: readonly [context: number, seqno: number],
  { task = 5, cpu = 0 }: By = {},
): FenceLines {
  const [context, seqno] = name;
  const fields = `driver=${driver} timeline=ring context=${context} seqno=${seqno}`;
  const line = (event: string): string => `${cpu} ${task} dma_fence_${event}: ${fields}`;
  return {
    init: line('init'),
    enable: line('enable_signal'),
    signaled: line('signaled'),
    destroy: line('destroy'),
    start: line('wait_start'),
    end: line('wait_end'),
    emit: line('emit'),
  };
}

/** As kernels before 6.17 write them. */
export function pointerLines(id: number, entity = 'e1'): JobLines {
  const fields = `entity=${entity}, id=${id}, fence=f${id}, ring=gfx, job count:0, hw job count:0`;
  return {
    queue: `0 5 drm_sched_job: ${fields}`,
    run: `0 6 drm_run_job: ${fields}`,
    done: `0 7 drm_sched_process_job: fence=f${id} signaled`,
    needs: `0 6 drm_sched_job_wait_dep: job ring=gfx, id=${id}, depends fence=00, context=7, seq=9`,
  };
}

/** As newer kernels write them. */
export function jobLines(seqno: number, ring = 'gfx'): JobLines {
  const fields = `dev=card, fence=20:${seqno}, ring=${ring}, job count:0, hw job count:0`;
  return {
    queue: `0 5 drm_sched_job_queue: ${fields}`,
    run: `0 6 drm_sched_job_run: ${fields}`,
    done: `0 7 drm_sched_job_done: fence=20:${seqno} signaled`,
    needs: `0 5 drm_sched_job_add_dep: fence=20:${seqno} depends on fence=7:9`,
  };
}

export function tickLine(seq: number, crtc = 0): string {
  return `0 0 drm_vblank_event: crtc=${crtc}, seq=${seq}`;
}

/** The text of a log of such lines, 10 microseconds apart; others stay as they are. */
export function writtenLog(lines: readonly string[]): string {
  const text = lines.map((line, at) => {
    const [, cpu, task, rest] = /^(\d) (\d+) (\w+: .*)$/.exec(line) ?? [];
    const time = `1.${String((at + 1) * 10).padStart(6, '0')}`;
    return rest === undefined ? line : `  task-${task} [00${cpu}] d..1. ${time}: ${rest}`;
  });
  return text.join('\n');
}
