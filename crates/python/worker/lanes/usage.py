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
        self.user_ns = int(own.ru_utime * 1e9)
        self.system_ns = int(own.ru_stime * 1e9)
        self.voluntary, self.involuntary = own.ru_nvcsw, own.ru_nivcsw
        self.minor_faults, self.major_faults = own.ru_minflt, own.ru_majflt
        for process in processes:
            try:
                self.include(process)
            except OSError:
                # It died; the run will say so.
                pass

    def include(self, process):
        with open(f"/proc/{process}/stat") as file:
            # The name, in brackets, may have blanks.
            fields = file.read().rpartition(")")[2].split()
        tick = 10**9 // os.sysconf("SC_CLK_TCK")
        self.minor_faults += int(fields[7])
        self.major_faults += int(fields[9])
        system_ns = int(fields[12]) * tick
        cpu_ns = int(fields[11]) * tick + system_ns
        schedstat = f"/proc/{process}/schedstat"
        if os.path.exists(schedstat):
            with open(schedstat) as file:
                cpu_ns = int(file.read().split()[0])
        # The ticks are coarse: what they say of the kernel's share is.
        self.user_ns += max(cpu_ns - system_ns, 0)
        self.system_ns += system_ns
        status = f"/proc/{process}/status"
        self.voluntary += number_in(status, "voluntary_ctxt_switches:")
        self.involuntary += number_in(status, "nonvoluntary_ctxt_switches:")

    def since(self, earlier):
        return {
            name: max(value - getattr(earlier, name), 0)
            for name, value in vars(self).items()
        }


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
