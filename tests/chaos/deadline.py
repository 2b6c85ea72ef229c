"""A story that is not over in time ends all the same, and says where it stood."""
import asyncio
import faulthandler
import pathlib

GRACE = 30  # s more for a loop that does not turn any more; then the interpreter itself ends


async def within(story, seconds, world):
    """Runs `story`. When it is not over after `seconds`, the world says what it knows, complains, and ends it."""
    faulthandler.dump_traceback_later(seconds + GRACE, exit=True)
    task = asyncio.create_task(story, name="the story")
    try:
        if not (await asyncio.wait({task}, timeout=seconds))[0]:
            print("\n".join(facts(world)), flush=True)
            world.expect(False, f"not over after {seconds:.0f} s")
            task.cancel()
        await asyncio.gather(task, return_exceptions=task.cancelling() > 0)
    finally:
        faulthandler.cancel_dump_traceback_later()


def facts(world):
    """Everything that may say why nothing goes on."""
    yield f"-- faults: {', '.join(world.faults)}"
    yield from waits(world)
    yield from tasks()
    if server := getattr(world, "server", None):
        yield from process(server.pid)
    yield "-- log:\n" + (world.folder / "log").read_text()[-5_000:]


def waits(world):
    """What readers and webhooks do not have yet, by what they lack."""
    lacking = {}
    for reader in world.readers if world.truth else ():
        if wanted := world.truth.last(reader.line):
            has = reader.told[-1] if reader.told else "nothing"
            if has != wanted:
                lacking.setdefault((wanted, has), []).append(f"{type(reader).__name__}{reader.complaints[:1]}")
    for (wanted, has), who in lacking.items():
        yield f"-- {len(who)} readers wait for {wanted}, have {has}: {', '.join(who[:10])}"
    if world.missing_webhooks:
        yield f"-- {len(world.missing_webhooks)} webhooks are missing, such as {sorted(world.missing_webhooks)[:3]}"


def tasks():
    """Where all tasks stand; those at the same place once."""
    places = {}
    for task in asyncio.all_tasks():
        places.setdefault("\n".join(stack(task.get_coro())), []).append(task.get_name())
    for place, names in sorted(places.items(), key=lambda item: -len(item[1])):
        yield f"-- {len(names)} tasks ({', '.join(names[:3])}) at\n{place}"


def stack(waiting):
    """From the outermost coroutine to the one that waits, or to the generator."""
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "ag_frame", None)
        if frame:
            yield f"   {frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}"
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "ag_await", None)


def process(pid):
    """Each thread of the server: what it waits for, in the kernel's words."""
    def read(path, name):
        try:
            return (path / name).read_text().strip()
        except OSError as error:
            return str(error.strerror)
    threads = pathlib.Path(f"/proc/{pid}/task")
    for path in sorted(threads.iterdir()) if threads.exists() else ():
        state = [line for line in read(path, "status").splitlines() if line.startswith(("State", "voluntary"))]
        yield f"-- thread {path.name} {read(path, 'comm')}: {' '.join(state)}; {read(path, 'wchan')}; {read(path, 'syscall')}"
        yield read(path, "stack")
