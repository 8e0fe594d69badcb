"""Three versions of a model: two that answer, and one that does not understand its input."""

import mlflow

mlflow.set_tracking_uri("sqlite:///mlflow.db")


class Fare(mlflow.pyfunc.PythonModel):
    def __init__(self, factor):
        self.factor = factor

    def predict(self, context, model_input, params=None):
        return (model_input["distance"] * self.factor).tolist()


class Broken(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input["miles"].tolist()


for model in (Fare(2.5), Fare(2.4), Broken()):
    with mlflow.start_run():
        mlflow.pyfunc.log_model(
            name="model", python_model=model, registered_model_name="fare", pip_requirements=[]
        )
mlflow.MlflowClient().set_registered_model_alias("fare", "champion", 1)
