/** The outbound endpoint's path for each kind of request. */
export const COLLECTION_PATHS = { call: "/outbound/calls", message: "/outbound/messages" } as const;
