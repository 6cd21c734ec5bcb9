import type { Workload } from './peer.ts';
import { W1 } from './w1/workload.ts';

export const WORKLOADS: readonly Workload[] = [W1];
