/** The images and programs that are known. A new image is one file and one line here. */
import type { Image, Program } from './types.ts';
import { agnhost, agnhostPrograms } from './images/agnhost.ts';
import { alpine, alpinePrograms } from './images/alpine.ts';
import { bootcampV1, bootcampV2, bootcampPrograms } from './images/bootcamp.ts';
import { busybox } from './images/busybox.ts';
import { clusterImages, clusterPrograms } from './images/cluster.ts';
import { curl } from './images/curl.ts';
import { echoServer, echoServerPrograms } from './images/echo-server.ts';
import { hpaExample, hpaExamplePrograms } from './images/hpa-example.ts';
import { httpd, httpdPrograms } from './images/httpd.ts';
import { nginx, nginxPrograms } from './images/nginx.ts';
import { pause, pausePrograms } from './images/pause.ts';
import { recorded, recordedHas, recordedPrograms } from './images/recorded.ts';
import { redis, redisPrograms } from './images/redis.ts';
import { stressImages, stressPrograms } from './images/stress.ts';
import { shellPrograms } from './shell/programs.ts';

const images: Image[] = [agnhost, alpine, bootcampV1, bootcampV2, busybox, curl, echoServer, hpaExample, httpd, nginx, pause, redis, ...stressImages, ...clusterImages];

const programs: Program[] = [
  ...agnhostPrograms,
  ...alpinePrograms,
  ...bootcampPrograms,
  ...clusterPrograms,
  ...echoServerPrograms,
  ...hpaExamplePrograms,
  ...httpdPrograms,
  ...nginxPrograms,
  ...pausePrograms,
  ...recordedPrograms,
  ...redisPrograms,
  ...stressPrograms,
  ...shellPrograms,
];

const byRepository = new Map(images.map((image) => [image.repository, image]));
const byName = new Map(programs.map((program) => [program.name, program]));

/** @param recorder whether existing repositories that are not known stand for a server that does nothing, as with the recorder. */
export function imageFor(repository: string, recorder: boolean): Image | undefined {
  return byRepository.get(repository) ?? (recorder && recordedHas(repository) ? recorded : undefined);
}

export function programNamed(name: string): Program | undefined {
  return byName.get(name);
}
