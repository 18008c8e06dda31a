declare const __SIMULATION_VERSION__: string | undefined;

/** Names the simulation's source: recordings made by another one may replay otherwise. Set by the build from a hash of server/simulation. */
export const SIMULATION_VERSION: string = typeof __SIMULATION_VERSION__ === 'string' ? __SIMULATION_VERSION__ : 'development';
