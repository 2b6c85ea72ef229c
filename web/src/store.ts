/** What a browser keeps of a page; nothing where it is forbidden, and then the page forgets when it is closed. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** `storage()`, made safe: browsers throw when a reader has forbidden to keep anything, already on asking for it. */
export function storeOf(storage: () => Store): Store {
    const safely = <T>(work: (store: Store) => T, otherwise: T): T => {
        try {
            return work(storage());
        } catch {
            return otherwise;
        }
    };
    return {
        getItem: name => safely(store => store.getItem(name), null),
        setItem: (name, value) => safely(store => store.setItem(name, value), undefined),
        removeItem: name => safely(store => store.removeItem(name), undefined),
    };
}
