"""What stands still in a template is worked out when it is compiled: words of ours, icons, files.

Hot (benchmarks/pages.py): a page of thirty threads says three hundred and fifty of them. They are
said in the language of the installation; a second language has a second engine beside this one.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import override
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from carestation.ui.icons import icon
from carestation.ui.words import say

STILL: Final[Mapping[str, Callable[..., str]]] = {
    "_": say,
    "gettext": say,
    "icon": icon,
    "static": static,
}


class StillFirst(CodeGenerator):
    """Compiles a template whose still calls were made already; its values are put in by `shown`."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: ANN401, N802 - Jinja's signature
        """Compile it."""
        self.writeline("from carestation.ui.escaping import shown")
        with override(settings.LANGUAGE_CODE):
            super().visit_Template(_Worked().visit(node), frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401 - Jinja keeps its type to itself
        if frame.eval_ctx.autoescape and not (frame.eval_ctx.volatile or finalize.src):
            self.write("shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Worked(NodeTransformer):
    """Puts what a call returns in its place, where all that it takes is written down."""

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
