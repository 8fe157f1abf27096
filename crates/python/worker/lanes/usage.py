"""What the worker and the processes of its pool have used."""

import os
import resource


def number_in(path, name):
    """A number of a file of /proc; 0 where it is not."""
    try:
        with open(path) as file:
            for line in file:
                if line.startswith(name):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


class Usage:
    """What the worker has used, and the processes of its pool, which it has
    not waited for, so that the system does not add them."""

    def __init__(self, processes):
        own = resource.getrusage(resource.RUSAGE_SELF)
        self.all = {0: {
            "user_ns": int(own.ru_utime * 1e9),
            "system_ns": int(own.ru_stime * 1e9),
            "voluntary": own.ru_nvcsw,
            "involuntary": own.ru_nivcsw,
            "minor_faults": own.ru_minflt,
            "major_faults": own.ru_majflt,
        }}
        for process in processes:
            try:
                self.all[process] = of(process)
            except OSError:
                # It died; the run will say so.
                pass

    def since(self, earlier):
        """What was used since then, also by processes that were not there."""
        return {
            name: sum(
                max(used[name] - earlier.all.get(process, {}).get(name, 0), 0)
                for process, used in self.all.items()
            )
            for name in self.all[0]
        }


def of(process):
    """What another process has used."""
    with open(f"/proc/{process}/stat") as file:
        # The name, in brackets, may have blanks.
        fields = file.read().rpartition(")")[2].split()
    tick = 10**9 // os.sysconf("SC_CLK_TCK")
    system_ns = int(fields[12]) * tick
    cpu_ns = int(fields[11]) * tick + system_ns
    # Finer than ticks, but of each thread that is there.
    exact_ns = 0
    for task in os.listdir(f"/proc/{process}/task"):
        try:
            with open(f"/proc/{process}/task/{task}/schedstat") as file:
                exact_ns += int(file.read().split()[0])
        except OSError:
            # It has ended, or the system does not count.
            pass
    # Ticks alone know of threads that have ended, and may be one too high.
    cpu_ns = max(exact_ns, cpu_ns - tick)
    status = f"/proc/{process}/status"
    return {
        # The ticks are coarse: what they say of the kernel's share is.
        "user_ns": max(cpu_ns - system_ns, 0),
        "system_ns": system_ns,
        "voluntary": number_in(status, "voluntary_ctxt_switches:"),
        "involuntary": number_in(status, "nonvoluntary_ctxt_switches:"),
        "minor_faults": int(fields[7]),
        "major_faults": int(fields[9]),
    }


def below(process):
    """The processes that another one has started, and theirs."""
    found = []
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{task}/children") as file:
                for child in map(int, file.read().split()):
                    found += [child, *below(child)]
    except OSError:
        # It has ended.
        pass
    return found


def resident(processes):
    """How many bytes of memory the worker has, with its processes; None if
    the system does not say."""
    found = [
        number_in(f"/proc/{process}/smaps_rollup", "Rss:") * 1024
        for process in ["self", *processes]
    ]
    return sum(found) if all(found) else None


def forget_peak(processes):
    for process in ["self", *processes]:
        try:
            with open(f"/proc/{process}/clear_refs", "w") as file:
                file.write("5")
        except OSError:
            # The peak is then that of the whole process.
            pass
