// The one place where a connection to another party's page is made. An engine answers with something that can
// {hear, tellAgain, refresh, send, rest, close} and tells {pc, state, isConnected, refused}; the call knows no more of it.

import { Peer } from './peer.js';
import { Relayed } from './relay.js';

// `settings`: {engine, calling, servers, only, most (bit/s of a picture), polite, tell, onTrack, onState};
// `whom` is the party as the server tells it.
export const connect = (settings, whom) => (settings.engine === 'p2p' ? new Peer(settings, whom) : new Relayed(settings, whom));
