import { DrmDevice } from '../../../impl/drm/drm-device.ts';
import { VIRTIO_GPU } from '../../../impl/drm/drm-driver.ts';
import { defineOperations } from '../operation.ts';

/** What recordings' devices do not show of synchronisation objects. */
defineOperations([
  {
    // A device with one half of the feature, or with neither.
    name: 'so.device',
    parameters: ['hasBinary', 'hasTimeline'],
    *run(environment, args, out) {
      const driver = {
        ...VIRTIO_GPU,
        hasSyncobj: args.boolean('hasBinary', true),
        hasSyncobjTimeline: args.boolean('hasTimeline', true),
      };
      environment.bind(out, new DrmDevice(environment.stack, driver));
      return null;
    },
  },
]);
