/**
 * The queue of everybody with this code: whoever has other code would come to other results, and
 * waits at another queue.
 */
export function queueName(code: string): string {
  return `dmabuf-verify-${code}`;
}
