/** Where each kind of request stands at the outbound endpoint. */
export const COLLECTION_PATHS = { call: "/outbound/calls", message: "/outbound/messages" } as const;
