"""Templates as straight Python: what stands still is worked out when a template is compiled.

Hot (benchmarks/pages.py): a page of thirty threads says three hundred and fifty words and icons of
ours, and makes hundreds of calls. The words are put in as they are said in the language of the
installation; a second language has a second engine beside this one. A call is a call: no function
of ours wants to be passed what is Jinja's own.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import override
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Macro
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from carestation.ui.escaping import shown
from carestation.ui.icons import icon
from carestation.ui.words import say

STILL: Final[Mapping[str, Callable[..., str]]] = {
    "_": say,
    "gettext": say,
    "icon": icon,
    "static": static,
}


class LeanMacro(Macro):
    """A macro that takes what it is given in order without asking twice."""

    def __call__(self, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - as Jinja's own
        """Return what it says."""
        lacking = self._argument_count - len(args)
        if kwargs or lacking < 0 or self.caller or self.catch_kwargs or self.catch_varargs:
            return super().__call__(*args, **kwargs)
        return Markup(self._func(*args, *(missing,) * lacking))  # noqa: S704 - its values are escaped one by one


class Straight(CodeGenerator):
    """Compiles a template whose still calls were made already; its values are put in by `shown`."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: ANN401, N802 - Jinja's signature
        """Compile it."""
        self.writeline("from carestation.ui.compiling import LeanMacro")
        self.writeline("from carestation.ui.escaping import shown")
        with override(settings.LANGUAGE_CODE):
            super().visit_Template(_Worked().visit(node), frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802 - Jinja's signature
        """Write a call."""
        self.visit(node.node, frame)
        self.write("(")
        given = [("", one) for one in (*node.args, *node.kwargs)]
        for star, one in (*given, ("*", node.dyn_args), ("**", node.dyn_kwargs)):
            if one is not None:
                self.write(star)
                self.visit(one, frame)
                self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Write what makes a macro of its function."""
        self.write("Lean")
        super().macro_def(macro_ref, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401 - Jinja keeps its type to itself
        if frame.eval_ctx.autoescape and not (frame.eval_ctx.volatile or finalize.src):
            self.write("(" if _is_ours(node) else "shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


def _is_ours(node: nodes.Expr | None) -> bool:
    """Whether a value is one of our own words either way, with nothing to escape in it."""
    if isinstance(node, nodes.CondExpr):
        return _is_ours(node.expr1) and _is_ours(node.expr2)
    return (
        isinstance(node, nodes.Const)
        and type(node.value) is str
        and shown(node.value) is node.value
    )


class _Worked(NodeTransformer):
    """Puts what a call returns in its place, where all that it takes is written down."""

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Expr:  # noqa: N802 - Jinja names it after the node
        self.generic_visit(node)
        if node.expr2 is None:
            node.expr2 = nodes.Const("", lineno=node.lineno)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - Jinja names it after the node
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        still = [one.value for one in node.args if isinstance(one, nodes.Const)]
        is_still = len(still) == len(node.args) and not (
            node.kwargs or node.dyn_args or node.dyn_kwargs
        )
        if name not in STILL or not is_still:
            return node
        return nodes.Const(STILL[name](*still), lineno=node.lineno)
