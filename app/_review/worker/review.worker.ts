/** The Web Worker of a review; everything that it does is in service.ts. */
import type { ReviewRequest } from './protocol.ts';
import { ReviewService } from './service.ts';

// The page's types are loaded for the whole tree; a worker's own `self` has another shape.
const scope = self as unknown as { postMessage(message: unknown): void; addEventListener(type: 'message', listener: (event: MessageEvent<ReviewRequest>) => void): void };

const service = new ReviewService((message) => scope.postMessage(message));
scope.addEventListener('message', (event) => void service.receive(event.data));
