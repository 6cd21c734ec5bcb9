import type { KernelTask } from '../../impl/kernel/access.ts';
import { defineOperations } from '../../properties/programs/operation.ts';
import { userCalls } from '../../properties/programs/user-space.ts';
import { Client, type Picture } from './client.ts';
import { Machine } from './machine.ts';
import { Shown } from './shown.ts';

const BUFFERS = 3;
/** After so many frames somebody looks at what was shown. */
const LOOK_FRAMES = 16;

/**
 * A buffer of the camera goes back to it when the card has read it. A picture is drawn into again
 * when another one has replaced it on the screen.
 */
function* play(client: Client, shown: Shown, frames: number): KernelTask<void> {
  const pictures: Picture[] = [];
  yield* client.startScreen();
  for (let at = 0; at < BUFFERS; at += 1) pictures.push(yield* client.addPicture());
  const captured = yield* client.startCamera(BUFFERS);
  let before = -1;
  for (let frame = 0; frame < frames; frame += 1) {
    const { index, sequence } = yield* client.dequeue();
    if (sequence !== frame + 1) throw new Error(`frame ${frame + 1} was dropped`);
    const picture = pictures[frame % BUFFERS];
    const source = captured[index];
    if (picture === undefined || source === undefined) throw new Error('there is no such buffer');
    const drawn = yield* client.draw(source, picture);
    // The card draws into a picture that was replaced two frames ago: that fence was waited for.
    if (before >= 0) yield* client.await(before);
    before = yield* client.show(picture, drawn, frame === 0);
    yield* client.awaitIdle(source);
    yield* client.queue(index);
    if (frame % LOOK_FRAMES === 0) shown.look();
  }
  yield* client.await(before);
  // Meanwhile the last picture is scanned, from its first line to its last.
  yield* client.dequeue();
  yield* client.stopCamera();
}

defineOperations([
  {
    // So many scans were needed to show all frames: the screen is faster than the camera.
    name: 'bench.play',
    parameters: ['frames'],
    *run(environment, args) {
      const { stack } = environment;
      const { files } = userCalls(environment);
      const machine = new Machine(stack);
      const { card, camera } = machine;
      environment.ownToTheEnd(card, () => machine.remove());
      const view = yield* machine.probe();
      const open = {
        camera: yield* files.openVideo(camera.video, false),
        card: yield* files.openDrm(card.node.device),
        screen: yield* files.openDrm(view.node.device),
      };
      const { log } = view.hardware.crtc.scanner;
      const shown = new Shown(log, camera.hardware.device.writer);
      const frames = args.number('frames');
      yield* play(new Client(environment, open, view), shown, frames);
      shown.look();
      if (shown.frame !== frames) throw new Error(`only ${shown.frame} frames were shown`);
      const { records } = card.platform.oracle;
      if (records.length > 0) throw new Error(records.map(({ kind }) => kind).join(' '));
      return log.begun;
    },
  },
]);
