/** First usable host number of a node's pod subnet: .0 is the network, .1 the bridge. */
export const FIRST_HOST = 2;
