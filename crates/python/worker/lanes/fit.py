"""How well a model suits a workload: said beside the method that runs it.

`@natural("...")`, `@possible("...")` or `@unsuitable("...")` makes a method
of a model a cell. The method itself is left as it is: a call of it costs what
it would cost without. `inputs` are the places where the input of a cell may be,
for a model with nodes: `shipped` to them, or `local` to each, which makes its
part.
"""


def graded(fit):
    def with_reason(reason, inputs=()):
        def mark(method):
            method.cell = {
                "workload": method.__name__, "fit": fit, "reason": reason,
            }
            if inputs:
                method.cell["inputs"] = list(inputs)
            return method
        return mark
    return with_reason


# What the model was made for.
natural = graded("natural")
# It works, against the grain.
possible = graded("possible")
# Shown to teach what happens, or refused.
unsuitable = graded("unsuitable")

# Where the input of a cell may be that has one.
SHIPPED, LOCAL = INPUTS = "shipped", "local"


def cells(model):
    """The cells of a model's class in its order: workload, fit, reason."""
    methods = vars(model).values()
    return [method.cell for method in methods if hasattr(method, "cell")]
