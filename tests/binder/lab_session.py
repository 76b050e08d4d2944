"""A reader's session in Binder: an empty environment, the server, the first chapter run through its interface."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, Playwright, Request

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    # no name is found and no address reached but this machine's own
    *("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--proxy-server=http://127.0.0.1:9"),
    "--proxy-bypass-list=127.0.0.1",
]
#: What the server and its kernels are told of the network: there is none.
NO_NETWORK = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")} | {"no_proxy": "127.0.0.1"}


def copy_repository(target: Path) -> None:
    """Copy what git would clone: tracked files and new ones that are not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listing.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def reader_environment(folder: Path) -> dict[str, str]:
    """Return the variables of a reader who has nothing but the new environment and an empty home of Jupyter's."""
    known = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "JUPYTER", "VIRTUAL_ENV"))
    }
    own = {
        "PATH": f"{folder / 'environment' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_CONFIG_DIR": str(folder / "home" / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "home" / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "home" / "runtime"),
        "IPYTHONDIR": str(folder / "home" / "ipython"),
        "MPLCONFIGDIR": str(folder / "home" / "matplotlib"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",  # Python compiles what it imports; compiling all 700 MB first takes minutes
        "PIP_NO_INPUT": "1",
    }
    return {**known, **own}


def install_as_binder(folder: Path) -> Path:
    """Install .binder/requirements.txt into an empty environment, run postBuild in the copied repository."""
    book = folder / "book"
    copy_repository(book)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "environment")], check=True)
    environment = reader_environment(folder)
    for command in (["python", "-m", "pip", "install", "-q", "-r", ".binder/requirements.txt"], [".binder/postBuild"]):
        found = shutil.which(command[0], path=environment["PATH"]) or str(book / command[0])
        done = subprocess.run(
            [found, *command[1:]], cwd=book, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return book


@dataclass
class Server:
    """A running JupyterLab."""

    address: str
    token: str
    process: subprocess.Popen

    def ask(self, path: str) -> object:
        """Ask the server's own interface for programs."""
        request = urllib.request.Request(f"{self.address}/{path}", headers={"Authorization": f"token {self.token}"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def megabytes(self) -> float:
        """Return the resident memory of the server and of all its kernels."""
        total = 0
        for process in (parent := psutil.Process(self.process.pid), *parent.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total / 1e6


@contextmanager
def lab(folder: Path, book: Path) -> Iterator[Server]:
    """Start JupyterLab as Binder does, in the folder of the repository, and stop it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {**reader_environment(folder), **NO_NETWORK, "JUPYTER_TOKEN": token}
    command = [str(folder / "environment" / "bin" / "jupyter"), "lab", "--no-browser", "--ip=127.0.0.1"]
    # the second option lets the test scroll the notebook by cell; it changes nothing for a reader
    command += [f"--port={port}", "--ServerApp.port_retries=0", "--LabApp.expose_app_in_browser=True", "--allow-root"]
    with (folder / "lab.log").open("w") as log:
        process = subprocess.Popen(command, cwd=book, env=environment, stdout=log, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", token, process)
    try:
        wait_for(server)
        yield server
    finally:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        for child in children:
            if child.is_running():
                child.kill()


def wait_for(server: Server) -> None:
    """Wait until the server answers."""
    for _ in range(600):
        try:
            server.ask("api/status")
            return
        except (urllib.error.URLError, ConnectionError):
            assert server.process.poll() is None, "JupyterLab stopped at once"
            time.sleep(0.2)
    raise AssertionError("JupyterLab does not answer")


def launch(playwright: Playwright) -> Browser | None:
    """Start the system's Chromium or Chrome; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    command = next(filter(None, map(shutil.which, names)), None)
    return playwright.chromium.launch(executable_path=command, args=FLAGS) if command else None


@dataclass
class Shown:
    """What a reader sees of one cell after the chapter has run."""

    kind: str
    tags: list[str]
    source: str
    text: str
    pictures: int
    tables: int
    folded: int
    broken: int


@dataclass
class Session:
    """What happened in the session."""

    path: str = ""
    outside: list[str] = field(default_factory=list)
    cells: list[Shown] = field(default_factory=list)
    notebook: dict = field(default_factory=dict)
    megabytes: float = 0.0
    questions: list[str] = field(default_factory=list)
    opened: str = ""
    page: str = ""


READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget, kernel = panel?.sessionContext?.session?.kernel;
  return panel?.context.isReady && kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
RUN = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const code = panel.content.widgets.map(cell => cell.model).filter(model => model.type === 'code');
  const failed = code.some(model => model.outputs.toJSON().some(output => output.output_type === 'error'));
  const idle = panel.sessionContext.session.kernel.status === 'idle';
  return idle && (failed || code.every(model => model.executionCount !== null && model.executionState !== 'running'));
}"""
RENDERED = """place => {
  const notebook = window.jupyterapp.shell.currentWidget.content, cell = notebook.widgets[place];
  const box = cell.node.getBoundingClientRect();
  if (!cell.node.isConnected || box.height === 0 || box.bottom < 0 || box.top > innerHeight) {
    notebook.scrollToItem(place, 'center');
    return false;
  }
  return cell.model.type !== 'markdown' || (cell.rendered && !!cell.node.querySelector('.jp-MarkdownOutput, .myst'));
}"""
SHOWN = """place => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[place], node = cell.node;
  const visible = part => part.checkVisibility() && part.clientWidth > 0;
  const seen = name => [...node.querySelectorAll(name)].filter(visible);
  return {
    kind: cell.model.type, source: cell.model.sharedModel.source,
    tags: cell.model.sharedModel.getMetadata('tags') || [],
    text: node.innerText, tables: seen('.jp-OutputArea-output .book-table').length,
    pictures: seen('.jp-RenderedSVG img, .jp-RenderedSVG svg, .jp-RenderedImage img').length,
    folded: node.querySelectorAll('details:not([open])').length + seen('.jp-InputPlaceholder').length,
    broken: node.querySelectorAll('.jp-mod-error, .jp-RenderedText[data-mime-type*="stderr"]').length,
  };
}"""


def run_first_chapter(browser: Browser, server: Server) -> Session:
    """Open the root of the server, run the chapter through the menu, and write down what a reader sees."""
    session = Session()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    window = context.new_page()
    window.set_default_timeout(60_000)

    def asked(request: Request) -> None:
        if not request.url.startswith((server.address, server.address.replace("http", "ws"), "data:", "blob:")):
            session.outside.append(request.url)

    window.on("request", asked)
    window.goto(f"{server.address}/?token={server.token}")
    window.wait_for_function(READY, polling=200)
    session.path = window.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
    menu(window, "Run", "Run All Cells")
    wait_until_run(window, server, session)
    menu(window, "File", "Save Notebook")
    window.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    session.notebook = server.ask(f"api/contents/{session.path}?content=1")["content"]
    count = window.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    for place in range(count):
        window.wait_for_function(RENDERED, arg=place, polling=100)
        session.cells.append(Shown(**window.evaluate(SHOWN, place)))
    session.questions = window.locator(".Toastify__toast, .jp-Dialog").all_inner_texts()
    session.opened = open_first_solution(window, session)
    session.megabytes = max(session.megabytes, server.megabytes())
    session.page = open_page(window, server)
    context.close()
    return session


def menu(window: Page, name: str, entry: str) -> None:
    """Choose an entry of a menu as a reader does."""
    window.locator(".lm-MenuBar-itemLabel", has_text=name).first.click()
    window.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()


def wait_until_run(window: Page, server: Server, session: Session) -> None:
    """Wait until every code cell has run, or one has failed, and the kernel rests; note the largest memory."""
    for _ in range(1500):
        session.megabytes = max(session.megabytes, server.megabytes())
        if window.evaluate(RUN):
            return
        time.sleep(0.2)
    raise AssertionError("after five minutes the chapter has not run to its end")


def open_first_solution(window: Page, session: Session) -> str:
    """Click on the first folded solution, as a reader who wants it, and return what shows."""
    place = next(n for n, cell in enumerate(session.cells) if cell.kind == "code" and "solution" in cell.tags)
    window.wait_for_function(RENDERED, arg=place, polling=100)
    node = window.locator(f'.jp-Notebook [data-windowed-list-index="{place}"]')
    node.locator(".jp-InputPlaceholder .jp-Placeholder-content").click()
    node.locator(".cm-content").wait_for()
    return node.inner_text()


def open_page(window: Page, server: Server) -> str:
    """Open a Markdown page of the book and return what shows."""
    window.goto(f"{server.address}/lab/tree/chapters/06_reference/notation.md")
    viewer = window.locator(".jp-MarkdownViewer")
    viewer.locator("h1").first.wait_for()
    return viewer.inner_text()
