from warmbench.api import compare as compare
from warmbench.api import gate as gate
from warmbench.api import judge as judge
from warmbench.api import report as report
from warmbench.api import run as run
from warmbench.api import score as score
from warmbench.api import status as status
from warmbench.api import submit as submit
from warmbench.api import verify as verify
from warmbench.data.load import load as load

__all__: list[str]
__version__: str
