import type { Workload } from './peer.ts';
import { W1 } from './w1/workload.ts';
import { W2 } from './w2/workload.ts';
import { W3 } from './w3/workload.ts';

export const WORKLOADS: readonly Workload[] = [W1, W2, W3];
